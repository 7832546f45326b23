package dev.iostream.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class IOListenerTest {
    private final List<String> told = new ArrayList<>();

    private IOListener named(String name) {
        return (IOListener) Proxy.newProxyInstance(
                IOListener.class.getClassLoader(), new Class<?>[] {IOListener.class}, (proxy, method, arguments) -> {
                    told.add(name + " " + method.getName());
                    return null;
                });
    }

    @Test
    void twoListenersHearEverythingOneAfterTheOther() throws Exception {
        IOListener first = named("first");
        IOListener both = new ListenerPair(first, named("second"));
        List<Method> events = Arrays.stream(IOListener.class.getMethods())
                .filter(method -> method.getReturnType() == void.class)
                .toList();

        List<String> expected = new ArrayList<>();
        for (Method event : events) {
            Object[] arguments = Arrays.stream(event.getParameterTypes())
                    .map(type -> type == long.class ? (Object) 0L : null)
                    .toArray();
            event.invoke(both, arguments);
            expected.add("first " + event.getName());
            expected.add("second " + event.getName());
        }

        assertThat(events).hasSizeGreaterThan(4);
        assertThat(told).isEqualTo(expected);
    }

    @Test
    void nobodyBesideAListenerCostsNothing() {
        IOListener alone = new IOListener() {};

        assertThat(alone.and(IOListener.NONE)).isSameAs(alone);
        assertThat(IOListener.NONE.and(alone)).isSameAs(alone);
        assertThat(alone.and(new IOListener() {})).isInstanceOf(ListenerPair.class);
    }
}
