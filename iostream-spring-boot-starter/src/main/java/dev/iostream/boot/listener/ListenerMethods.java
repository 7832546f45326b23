package dev.iostream.boot.listener;

import dev.iostream.boot.StreamListener;
import dev.iostream.server.StreamHandler;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.function.SingletonSupplier;

/** The {@link StreamListener} methods of all beans, found and checked without making a bean. */
public final class ListenerMethods {
    private final ConfigurableListableBeanFactory beans;
    private final Map<String, List<ListenerMethod>> byServer = new LinkedHashMap<>();
    private final SingletonSupplier<List<StreamListenerInterceptor>> interceptors;

    /**
     * Looks through all beans.
     *
     * @throws FailureAnalyzedException when a method cannot be a listener
     */
    public ListenerMethods(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
        this.interceptors = SingletonSupplier.of(() -> beans.getBeanProvider(StreamListenerInterceptor.class)
                .orderedStream()
                .toList());
        for (String bean : beans.getBeanDefinitionNames()) {
            Class<?> type = AutoProxyUtils.determineTargetClass(beans, bean);
            // the proxy before a scoped target is what listens
            if (type != null && mayListen(type) && !ScopedProxyUtils.isScopedTarget(bean)) {
                inspect(bean, type);
            }
        }
    }

    private static boolean mayListen(Class<?> type) {
        return !type.getName().startsWith("org.springframework.")
                && AnnotationUtils.isCandidateClass(type, StreamListener.class);
    }

    private void inspect(String bean, Class<?> type) {
        Map<Method, StreamListener> methods =
                MethodIntrospector.selectMethods(type, (MethodIntrospector.MetadataLookup<StreamListener>)
                        method -> AnnotatedElementUtils.findMergedAnnotation(method, StreamListener.class));
        methods.forEach((method, listener) -> {
            ListenerMethod checked = new ListenerCheck(beans, bean, method, listener).check();
            for (String server : listener.server()) {
                byServer.computeIfAbsent(
                                String.valueOf(beans.resolveEmbeddedValue(server)), unused -> new ArrayList<>())
                        .add(checked);
            }
        });
    }

    /** The servers that methods listen to. */
    public Set<String> servers() {
        return byServer.keySet();
    }

    /** The methods that listen to that server, as messages show them. */
    public List<String> describe(String server) {
        return byServer.getOrDefault(server, List.of()).stream()
                .map(ListenerMethod::toString)
                .toList();
    }

    /** What serves the streams of that server, to which exactly one method listens. */
    public StreamHandler handler(String server) {
        ListenerMethod method = byServer.get(server).get(0);
        Supplier<Object> target = beans.isSingleton(method.bean())
                ? SingletonSupplier.of(() -> beans.getBean(method.bean()))
                : () -> beans.getBean(method.bean());
        Supplier<Executor> executor =
                SingletonSupplier.of(() -> beans.getBean(String.valueOf(method.executor()), Executor.class));
        return new ListenerHandler(server, onBean(method), target, executor, interceptors::obtain);
    }

    /** The method as it can be called on the bean, which may be a proxy. */
    private ListenerMethod onBean(ListenerMethod found) {
        Class<?> type = beans.getType(found.bean());
        Method method = type == null ? found.method() : AopUtils.selectInvocableMethod(found.method(), type);
        method.setAccessible(true);
        return new ListenerMethod(
                found.bean(), method, found.parameters(), found.framing(), found.charset(), found.executor());
    }

    /** Makes the beans that listen, so that what keeps one from being made is known before anybody connects. */
    public void makeBeans() {
        byServer.values()
                .forEach(methods -> methods.forEach(method -> {
                    if (beans.isSingleton(method.bean())) {
                        beans.getBean(method.bean());
                    }
                }));
        interceptors.obtain();
    }
}
