package dev.iostream.boot.autoconfigure;

import java.lang.annotation.Annotation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.ListableBeanFactory;

/** Beans of which there are two: a proxy, which is the one that is meant, and what it stands before in a scope. */
final class ScopedProxies {
    private ScopedProxies() {}

    /** Whether the bean is what another one stands before. */
    static boolean isTarget(String bean) {
        return ScopedProxyUtils.isScopedTarget(bean);
    }

    /** The annotation on the bean, or on what it stands before. */
    static <A extends Annotation> @Nullable A annotation(ListableBeanFactory beans, String bean, Class<A> type) {
        String target = ScopedProxyUtils.getTargetBeanName(bean);
        return beans.findAnnotationOnBean(beans.containsBeanDefinition(target) ? target : bean, type, false);
    }
}
