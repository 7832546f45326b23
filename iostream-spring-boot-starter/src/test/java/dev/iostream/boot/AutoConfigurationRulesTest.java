package dev.iostream.boot;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The rules that Spring Boot's own build holds its auto-configurations to, beyond those of {@link ArchitectureTest}. */
class AutoConfigurationRulesTest {
    /** What an application need not have, so that no class of it may be named directly in an order. */
    private static final List<String> OPTIONAL = List.of(
            "io.micrometer.",
            "org.springframework.boot.actuate.",
            "org.springframework.boot.health.",
            "org.springframework.boot.micrometer.");

    private static final JavaClasses STARTER = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.iostream.boot");

    @Test
    void configurationsAreMadeBySpringAlone() {
        constructors()
                .that()
                .areDeclaredInClassesThat(are("configurations", type -> type.isMetaAnnotatedWith(Configuration.class)))
                .should()
                .notBePublic()
                .because("nobody else has reason to")
                .check(STARTER);
    }

    @Test
    void nothingScansForComponents() {
        noClasses()
                .should()
                .beAnnotatedWith(ComponentScan.class)
                .because("what is imported is listed, and an application's scan is its own")
                .check(STARTER);
    }

    @Test
    void ordersNameOptionalClassesByTextAndOthersByClass() {
        for (JavaClass type : STARTER.that(are("", each -> each.isAnnotatedWith(AutoConfiguration.class)))) {
            AutoConfiguration order = type.getAnnotationOfType(AutoConfiguration.class);
            assertThat(named(type, "after", "before"))
                    .as("classes in the order of %s", type.getSimpleName())
                    .noneMatch(AutoConfigurationRulesTest::isOptional);
            assertThat(Stream.concat(Arrays.stream(order.afterName()), Arrays.stream(order.beforeName())))
                    .as("names in the order of %s", type.getSimpleName())
                    .allMatch(AutoConfigurationRulesTest::isOptional);
        }
    }

    private static boolean isOptional(String type) {
        return OPTIONAL.stream().anyMatch(type::startsWith);
    }

    private static List<String> named(JavaClass type, String... attributes) {
        JavaAnnotation<?> annotation = type.getAnnotationOfType(AutoConfiguration.class.getName());
        return Stream.of(attributes)
                .flatMap(attribute -> annotation.get(attribute).stream())
                .flatMap(value -> Arrays.stream((Object[]) value))
                .map(value -> ((JavaClass) value).getName())
                .toList();
    }

    @Test
    void aMissingBeanIsTheOneThatTheMethodMakes() {
        methods()
                .that()
                .areAnnotatedWith(ConditionalOnMissingBean.class)
                .should(new ArchCondition<JavaMethod>("not repeat the type that they return") {
                    @Override
                    public void check(JavaMethod method, ConditionEvents events) {
                        Object[] types = (Object[]) method.getAnnotationOfType(ConditionalOnMissingBean.class.getName())
                                .get("value")
                                .orElse(new Object[0]);
                        boolean repeats = types.length == 1 && types[0].equals(method.getRawReturnType());
                        events.add(new SimpleConditionEvent(method, !repeats, method.getFullName() + " repeats it"));
                    }
                })
                .check(STARTER);
    }

    @Test
    void postProcessorsAreStaticAndAskForNothingThatWouldBeMadeTooEarly() {
        methods()
                .that()
                .areAnnotatedWith(Bean.class)
                .and()
                .haveRawReturnType(are(
                        "post processors",
                        type -> type.isAssignableTo(BeanFactoryPostProcessor.class)
                                || type.isAssignableTo(BeanPostProcessor.class)))
                .should()
                .beStatic()
                .andShould()
                .haveRawParameterTypes(DescribedPredicate.describe(
                        "the environment, the context or providers",
                        types -> types.stream().allMatch(AutoConfigurationRulesTest::mayBeAskedForEarly)))
                .check(STARTER);
    }

    private static boolean mayBeAskedForEarly(JavaClass type) {
        return Set.of(Environment.class, ApplicationContext.class, ObjectProvider.class).stream()
                .anyMatch(type::isEquivalentTo);
    }

    @Test
    void whatBeanMethodsReturnCanBeNamedByGeneratedCode() {
        methods()
                .that()
                .areAnnotatedWith(Bean.class)
                .should()
                .notHaveRawReturnType(are("private", type -> type.getModifiers().contains(JavaModifier.PRIVATE)))
                .check(STARTER);
    }

    @Test
    void conditionsAreNobodysBusiness() {
        classes()
                .that()
                .areAssignableTo(SpringBootCondition.class)
                .should()
                .notBePublic()
                .allowEmptyShould(true)
                .check(STARTER);
    }

    @Test
    void switchesAreBooleanProperties() {
        noMethods().should().beAnnotatedWith(ConditionalOnProperty.class).check(STARTER);
        noClasses()
                .should()
                .beAnnotatedWith(ConditionalOnProperty.class)
                .because("ConditionalOnBooleanProperty says the same in fewer words, and takes only true and false")
                .check(STARTER);
    }

    @Test
    void propertiesNameTheirPrefixAsValue() {
        assertThat(STARTER.stream()
                        .filter(type -> type.isAnnotatedWith(ConfigurationProperties.class))
                        .map(type -> type.getAnnotationOfType(ConfigurationProperties.class.getName())))
                .isNotEmpty()
                .allMatch(annotation -> annotation.hasExplicitlyDeclaredProperty("value"))
                .noneMatch(annotation -> annotation.hasExplicitlyDeclaredProperty("prefix"));
    }

    @Test
    void textIsLowerCasedWithoutALanguage() {
        noClasses()
                .should()
                .callMethod(String.class, "toLowerCase")
                .orShould()
                .callMethod(String.class, "toUpperCase")
                .because("names would differ on a Turkish machine; Locale.ROOT is meant")
                .check(STARTER);
    }

    @Test
    void convertersOfPropertiesAreStatic() {
        methods()
                .that()
                .areAnnotatedWith(ConfigurationPropertiesBinding.class)
                .should()
                .beStatic()
                .allowEmptyShould(true)
                .check(STARTER);
    }

    @Test
    void annotationsMadeOfClassConditionsNameTheClass() {
        assertThat(STARTER.stream()
                        .filter(JavaClass::isAnnotation)
                        .filter(type -> type.isAnnotatedWith(ConditionalOnClass.class))
                        .map(type -> type.getAnnotationOfType(ConditionalOnClass.class.getName())))
                .noneMatch(annotation -> annotation.hasExplicitlyDeclaredProperty("value"));
    }

    private static DescribedPredicate<JavaClass> are(String description, Predicate<JavaClass> predicate) {
        return DescribedPredicate.describe(description, predicate);
    }
}
