package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.IOStreamClient;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.annotation.AnnotationUtils;

/**
 * Lets {@link IOStreamClient} at an injection point find the beans of that client. A registrar cannot say so itself, and what
 * is generated ahead of time has no place for it, so it is said each time the context starts.
 */
final class ClientQualifiers implements BeanFactoryPostProcessor {
    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        for (String bean : beans.getBeanDefinitionNames()) {
            BeanDefinition definition = beans.getBeanDefinition(bean);
            if (definition.getSource() == ClientBeans.class && definition instanceof RootBeanDefinition root) {
                root.setQualifiedElement(new Named(nameIn(bean)));
            }
        }
    }

    private static String nameIn(String bean) {
        String suffix = ClientBeans.SUFFIXES.stream()
                .filter(bean::endsWith)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No client's bean: " + bean));
        return bean.substring(0, bean.length() - suffix.length());
    }

    /** Something that bears the annotation, as a method that made the bean would. */
    private static final class Named implements AnnotatedElement {
        private final IOStreamClient annotation;

        Named(String client) {
            annotation = AnnotationUtils.synthesizeAnnotation(
                    Map.of("value", new String[] {client}), IOStreamClient.class, null);
        }

        @Override
        public <T extends Annotation> @Nullable T getAnnotation(Class<T> type) {
            return type == IOStreamClient.class ? type.cast(annotation) : null;
        }

        @Override
        public Annotation[] getAnnotations() {
            return new Annotation[] {annotation};
        }

        @Override
        public Annotation[] getDeclaredAnnotations() {
            return getAnnotations();
        }
    }
}
