package dev.iostream.boot;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.members;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ClassPathResource;

/** The order of the packages, and Spring Boot's own rules for auto-configurations. */
class ArchitectureTest {
    private static final String IMPORTS =
            "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports";

    private static final JavaClasses STARTER = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.iostream.boot");

    @Test
    void nothingUsesAutoConfiguration() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..autoconfigure..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.iostream.boot.autoconfigure..")
                .because("auto-configuration puts the parts together; parts that knew it could not be used without it")
                .check(STARTER);
    }

    @Test
    void theRootKnowsOnlyCoreAndSpring() {
        noClasses()
                .that()
                .resideInAPackage("dev.iostream.boot")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.iostream.boot.*..")
                .because("it is what applications name, and what the other packages are built on")
                .check(STARTER);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.iostream.boot.(**)").should().beFreeOfCycles().check(STARTER);
    }

    @ParameterizedTest
    @CsvSource({
        "..metrics.., io.micrometer.core..",
        "..observation.., io.micrometer.observation..",
        "..observation.., io.micrometer.context..",
        "..metrics.. ..observation.., io.micrometer..",
        "..metrics.., org.springframework.boot.micrometer..",
        "..health.., org.springframework.boot.health..",
        "..actuate.. ..autoconfigure.endpoint.., org.springframework.boot.actuate..",
        "nowhere, org.springframework.web..",
        "nowhere, jakarta.."
    })
    void whatIsOptionalIsKnownOnlyToPackagesOfItsOwn(String packages, String technology) {
        noClasses()
                .that()
                .resideOutsideOfPackages(packages.split(" "))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(technology)
                .because("it is optional, and the rest has to load without it")
                .check(STARTER);
    }

    @Test
    void autoConfigurationsAreNamedPublicAndFinal() {
        classes()
                .that()
                .areAnnotatedWith(AutoConfiguration.class)
                .should()
                .haveSimpleNameEndingWith("AutoConfiguration")
                .andShould()
                .bePublic()
                .andShould()
                .haveModifier(JavaModifier.FINAL)
                .because("applications name them in exclusions, and do nothing else with them")
                .check(STARTER);
    }

    @Test
    void autoConfigurationsHaveNoPublicMembers() {
        members()
                .that()
                .areDeclaredInClassesThat()
                .areAnnotatedWith(AutoConfiguration.class)
                .should()
                .notBePublic()
                .because("their beans can be replaced, their methods are nobody's business")
                .check(STARTER);
    }

    @Test
    void beanMethodsHaveNoConditionOnAClass() {
        methods()
                .that()
                .areAnnotatedWith(Bean.class)
                .should()
                .notBeAnnotatedWith(ConditionalOnClass.class)
                .because("the signature of the method is loaded before the condition is asked")
                .check(STARTER);
    }

    @Test
    void importsListEveryAutoConfigurationSorted() throws IOException {
        List<String> listed = read(IMPORTS).lines().toList();

        assertThat(listed).isSorted();
        assertThat(listed)
                .containsExactlyInAnyOrderElementsOf(STARTER.stream()
                        .filter(type -> type.isAnnotatedWith(AutoConfiguration.class))
                        .map(type -> type.getName())
                        .toList());
    }

    @Test
    void conditionsAreKnownWithoutLoadingTheirClasses() throws IOException {
        var metadata = new Properties();
        metadata.load(new StringReader(read("META-INF/spring-autoconfigure-metadata.properties")));

        assertThat(metadata)
                .containsEntry(
                        "dev.iostream.boot.autoconfigure.metrics.IOStreamMetricsAutoConfiguration.ConditionalOnClass",
                        "io.micrometer.core.instrument.MeterRegistry")
                .containsEntry(
                        "dev.iostream.boot.autoconfigure.endpoint.IOStreamEndpointAutoConfiguration.ConditionalOnClass",
                        "org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint")
                .containsEntry(
                        "dev.iostream.boot.autoconfigure.health.IOStreamHealthContributorAutoConfiguration"
                                + ".ConditionalOnClass",
                        "org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator,"
                                + "org.springframework.boot.health.contributor.HealthIndicator");
    }

    private static String read(String resource) throws IOException {
        return new ClassPathResource(resource).getContentAsString(StandardCharsets.UTF_8);
    }
}
