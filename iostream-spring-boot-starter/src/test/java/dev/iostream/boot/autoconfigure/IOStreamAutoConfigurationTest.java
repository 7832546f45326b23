package dev.iostream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.boot.context.IOLoopGroupLifecycle;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The loops of an application. */
class IOStreamAutoConfigurationTest {
    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(IOStreamAutoConfiguration.class));

    @Test
    void thereIsALoopForEachProcessor() {
        runner.run(context -> assertThat(context.getBean(IOLoopGroup.class).loops())
                .hasSize(Runtime.getRuntime().availableProcessors()));
    }

    @Test
    void theNumberOfLoopsCanBeSet() {
        runner.withPropertyValues("iostream.loop.count=3")
                .run(context ->
                        assertThat(context.getBean(IOLoopGroup.class).loops()).hasSize(3));
    }

    @Test
    void loopsRunOnDaemonThreadsThatHaveTheirName() {
        runner.run(context -> {
            var thread = new CompletableFuture<Thread>();
            context.getBean(IOLoopGroup.class)
                    .loops()
                    .get(0)
                    .addCallback(() -> thread.complete(Thread.currentThread()));

            assertThat(thread.get(10, TimeUnit.SECONDS).getName()).isEqualTo("iostream-loop-1");
            assertThat(thread.get().isDaemon()).isTrue();
        });
    }

    @Test
    void loopsDoNotRunBeforeTheContextStarts() {
        runner.withUserConfiguration(Observer.class)
                .run(context ->
                        assertThat(context.getBean(Observer.class).runningEarly).isFalse());
    }

    @Test
    void loopsStopAndStartWithTheContext() {
        runner.run(context -> {
            IOLoopGroup group = context.getBean(IOLoopGroup.class);
            assertThat(group.loops()).allMatch(IOLoop::running);

            context.getSourceApplicationContext().stop();
            assertThat(group.loops()).noneMatch(IOLoop::running);

            context.getSourceApplicationContext().start();
            assertThat(group.loops()).allMatch(IOLoop::running);
        });
    }

    @Test
    void loopsAreClosedWithTheContext() {
        var group = new AtomicReference<IOLoopGroup>();
        runner.run(context -> group.set(context.getBean(IOLoopGroup.class)));

        assertThat(group.get().loops()).noneMatch(IOLoop::running);
        assertThat(group.get().loops().get(0)).satisfies(loop -> assertThatRejects(loop));
    }

    private static void assertThatRejects(IOLoop loop) {
        assertThatThrownBy(() -> loop.addCallback(() -> {})).hasMessageContaining("is closed");
    }

    @Test
    void loopsStartBeforeAndStopAfterWhatUsesThem() {
        runner.run(context -> {
            var lifecycle = context.getBean(IOLoopGroupLifecycle.class);
            assertThat(lifecycle.getPhase()).isEqualTo(Integer.MAX_VALUE - 4096);
            assertThat(lifecycle.isPauseable()).isFalse();
        });
    }

    @Test
    void aGroupOfTheApplicationTakesThePlaceOfTheOneHere() {
        runner.withUserConfiguration(OwnGroup.class).run(context -> {
            assertThat(context).hasSingleBean(IOLoopGroup.class).hasBean("mine");
            assertThat(context.getBean(IOLoopGroup.class).loops().get(0).name()).isEqualTo("mine-1");
            assertThat(context.getBean(IOLoopGroup.class).loops()).allMatch(IOLoop::running);
        });
    }

    @Test
    void aGroupThatRunsAlreadyIsLeftAlone() {
        runner.withUserConfiguration(RunningGroup.class).run(context -> {
            IOLoopGroup group = context.getBean(IOLoopGroup.class);

            context.getSourceApplicationContext().stop();

            assertThat(group.loops()).allMatch(IOLoop::running);
        });
    }

    @Test
    void theLoopDoesNotTakeThePlaceOfBootsExecutor() {
        runner.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
                .run(context -> {
                    assertThat(context).hasBean("applicationTaskExecutor");
                    assertThat(context.getBeanProvider(Executor.class).getIfUnique())
                            .isSameAs(context.getBean("applicationTaskExecutor"));
                    assertThat(context.getBeanProvider(IOLoop.class).getIfUnique())
                            .isSameAs(context.getBean(IOLoopGroup.class).loops().get(0));
                });
    }

    @Test
    void theMemoryBudgetAndTheNamesOfLoopsCanBeSet() {
        runner.withPropertyValues("iostream.memory-budget=7MB", "iostream.loop.thread-name-prefix=io-")
                .run(context -> {
                    IOLoopGroup group = context.getBean(IOLoopGroup.class);
                    assertThat(group.memory().limit()).isEqualTo(7L * 1024 * 1024);
                    assertThat(group.loops().get(0).name()).isEqualTo("io-1");
                });
    }

    @Test
    void nothingIsThereWhenItIsNotEnabled() {
        runner.withPropertyValues("iostream.enabled=false")
                .run(context -> assertThat(context)
                        .doesNotHaveBean(IOLoopGroup.class)
                        .doesNotHaveBean(IOLoopGroupLifecycle.class)
                        .doesNotHaveBean(IOStreamProperties.class));
    }

    static class Observer implements SmartInitializingSingleton {
        private final IOLoopGroup group;
        private boolean runningEarly = true;

        Observer(IOLoopGroup group) {
            this.group = group;
        }

        @Override
        public void afterSingletonsInstantiated() {
            runningEarly = group.loops().stream().anyMatch(IOLoop::running);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnGroup {
        @Bean
        IOLoopGroup mine() {
            return IOLoopGroup.of(1, "mine-");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class RunningGroup {
        @Bean
        IOLoopGroup running() {
            IOLoopGroup group = IOLoopGroup.of(1, "running-");
            group.start();
            return group;
        }
    }
}
