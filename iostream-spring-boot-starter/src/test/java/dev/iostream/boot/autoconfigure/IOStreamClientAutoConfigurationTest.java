package dev.iostream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.iostream.boot.ClientBinding;
import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.IOStreamClient;
import dev.iostream.boot.IOStreamClients;
import dev.iostream.boot.IOStreamConnectionDetails;
import dev.iostream.boot.StreamOptionsCustomizer;
import dev.iostream.boot.TCPClientCustomizer;
import dev.iostream.client.ConnectionHandler;
import dev.iostream.client.ConnectionState;
import dev.iostream.client.SupervisedConnection;
import dev.iostream.client.TCPClient;
import dev.iostream.loop.IOLoopGroup;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.BeanDefinitionOverrideException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;

/** Clients as the properties and beans of an application make them. */
class IOStreamClientAutoConfigurationTest {
    private final ApplicationContextRunner plain = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(IOStreamAutoConfiguration.class, IOStreamClientAutoConfiguration.class))
            .withPropertyValues("iostream.loop.count=1");
    private final ApplicationContextRunner runner =
            plain.withPropertyValues("iostream.client.orders.host=localhost", "iostream.client.orders.port=9000");

    // ---- what is there

    @Test
    void thereAreNoClientsWithoutProperties() {
        plain.run(context -> {
            assertThat(context.getBean(IOStreamClients.class)).isEmpty();
            assertThat(context).doesNotHaveBean(TCPClient.class);
        });
    }

    @Test
    void clientsAreFoundByName() {
        runner.run(context -> {
            IOStreamClients clients = context.getBean(IOStreamClients.class);
            assertThat(clients.names()).containsExactly("orders");
            assertThat(clients.get("orders").name()).isEqualTo("orders");
            assertThat(clients).extracting(ClientBinding::name).containsExactly("orders");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> clients.get("order"))
                    .withMessage("There is no client named 'order', only [orders]");
        });
    }

    @Test
    void nothingIsThereWhenItIsNotEnabled() {
        runner.withPropertyValues("iostream.enabled=false")
                .run(context -> assertThat(context)
                        .doesNotHaveBean(IOStreamClients.class)
                        .doesNotHaveBean("ordersTCPClient"));
    }

    @Test
    void aClientThatIsNotEnabledIsNotMade() {
        runner.withPropertyValues("iostream.client.orders.enabled=false").run(context -> {
            assertThat(context.getBean(IOStreamClients.class)).isEmpty();
            assertThat(context).doesNotHaveBean("ordersTCPClient");
        });
    }

    @Test
    void clientsOfTheApplicationTakeThePlaceOfThoseOfTheProperties() {
        plain.withBean(IOStreamClients.class, () -> new IOStreamClients(List.of()))
                .run(context -> assertThat(context).hasSingleBean(IOStreamClients.class));
    }

    @Test
    void clientsOfTheApplicationHaveThoseThatAreConfigured() {
        runner.withBean(IOStreamClients.class, () -> new IOStreamClients(List.of()))
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .satisfies(failure -> Analyses.assertThat(failure)
                                .describes("Client 'orders' is configured, but the bean of type IOStreamClients has"
                                        + " none of that name.")
                                .advises("Remove 'iostream.client.orders', set 'iostream.client.orders.enabled' to"
                                        + " false, or give the bean a client of that name.")));
    }

    @Test
    void aChildContextHasTheClientsOfItsParentAndLeavesThemToIt() {
        runner.run(parent -> {
            ApplicationContext real = parent.getSourceApplicationContext();
            runner.withParent(real).run(child -> {
                assertThat(child).hasNotFailed();
                assertThat(child.getBean(IOStreamClients.class)).isSameAs(parent.getBean(IOStreamClients.class));
                assertThat(child.containsLocalBean("ordersTCPClient")).isFalse();
                assertThat(child.getBean("ordersTCPClient")).isSameAs(parent.getBean("ordersTCPClient"));
            });
        });
    }

    @Test
    void aClientThatIsABeanIsOneOfTheClients() {
        runner.withUserConfiguration(OwnClient.class)
                .run(context -> assertThat(
                                context.getBean(IOStreamClients.class).names())
                        .containsExactly("orders", "mine"));
    }

    @Test
    void aClientWithoutTargetFailsTheStartAndSaysWhatToSet() {
        plain.withPropertyValues("iostream.client.orders.connect-timeout=5")
                .run(context -> assertThat(context)
                        .getFailure()
                        .satisfies(failure -> Analyses.assertThat(failure)
                                .describes("Client 'orders' has nothing to connect to.")
                                .advises("Set 'iostream.client.orders.host' and 'iostream.client.orders.port', or"
                                        + " 'iostream.client.orders.targets', or 'iostream.client.orders.enabled' to"
                                        + " false.")));
    }

    // ---- beans of one client

    @Test
    void eachClientIsABean() {
        runner.withPropertyValues("iostream.client.stock.targets=unix:/run/stock")
                .run(context -> {
                    IOStreamClients clients = context.getBean(IOStreamClients.class);
                    assertThat(context.getBean("ordersTCPClient")).isSameAs(clients.get("orders"));
                    assertThat(context.getBean("stockTCPClient")).isSameAs(clients.get("stock"));
                    assertThat(context).doesNotHaveBean("orders");
                });
    }

    @Test
    void theAnnotationSaysWhichClientIsInjected() {
        runner.withPropertyValues("iostream.client.stock.targets=unix:/run/stock")
                .withUserConfiguration(Injected.class)
                .run(context -> {
                    IOStreamClients clients = context.getBean(IOStreamClients.class);
                    Injected injected = context.getBean(Injected.class);
                    assertThat(injected.orders).isSameAs(clients.get("orders"));
                    assertThat(injected.stock).isSameAs(clients.get("stock"));
                    assertThat(injected.connection).isSameAs(clients.connection("stock"));
                });
    }

    @Test
    void theOnlyClientNeedsNoAnnotation() {
        runner.run(context -> assertThat(context).hasSingleBean(TCPClient.class));
    }

    @Test
    void theConnectionOfAClientIsMadeOnlyForWhoAsks() {
        runner.run(context -> {
            ClientBinding orders =
                    context.getBean(IOStreamClients.class).iterator().next();
            assertThat(orders.wantedConnection()).isEmpty();
            assertThat(context.getBean("ordersSupervisedConnection", SupervisedConnection.class)
                            .state())
                    .isEqualTo(ConnectionState.IDLE);
            assertThat(orders.wantedConnection()).isPresent();
        });
    }

    @Test
    void aBeanOfTheApplicationWithTheNameOfAClientsFailsTheStart() {
        runner.withBean("ordersTCPClient", String.class, () -> "mine")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(BeanDefinitionOverrideException.class)
                        .hasMessageContaining("'ordersTCPClient'"));
    }

    @Test
    void aBeanOfTheApplicationMayHaveTheNameOfAClient() {
        runner.withBean("orders", String.class, () -> "mine")
                .run(context -> assertThat(context.getBean("orders")).isEqualTo("mine"));
    }

    @Test
    void eachBuilderIsAnotherWithTheConfiguredLimits() {
        plain.withPropertyValues("iostream.max-buffer-size=4KB").run(context -> {
            TCPClient.Builder builder = context.getBean(TCPClient.Builder.class);
            assertThat(builder).isNotSameAs(context.getBean(TCPClient.Builder.class));
            assertThat(builder.stream().maxBufferSize().bytes()).isEqualTo(4096);
        });
    }

    @Test
    void clientsAreClosedWithTheContext() {
        var clients = new ArrayList<TCPClient>();
        runner.run(context -> clients.add(context.getBean(TCPClient.class)));

        assertThat(clients.get(0).closed()).succeedsWithin(10, TimeUnit.SECONDS);
    }

    // ---- where they connect to

    @Test
    void aClientConnectsToItsHost() {
        runner.run(
                context -> assertThat(context.getBean(TCPClient.class).stats().target())
                        .isEqualTo(InetSocketAddress.createUnresolved("localhost", 9000)));
    }

    @Test
    void severalTargetsAreTriedInTheirOrder() {
        plain.withPropertyValues("iostream.client.orders.targets=a:1, [::1]:2, unix:/run/c")
                .run(context -> assertThat(context.getBean(TCPClient.class))
                        .hasToString("TCPClient[orders, [a/<unresolved>:1, ::1/<unresolved>:2, /run/c]]"));
    }

    @Test
    void connectionDetailsComeBeforeTheProperties() {
        IOStreamConnectionDetails container =
                client -> client.equals("orders") ? List.of(InetSocketAddress.createUnresolved("container", 7)) : null;
        runner.withPropertyValues("iostream.client.stock.targets=unix:/run/stock")
                .withBean(IOStreamConnectionDetails.class, () -> container)
                .run(context -> {
                    IOStreamClients clients = context.getBean(IOStreamClients.class);
                    assertThat(clients.get("orders").stats().target())
                            .isEqualTo(InetSocketAddress.createUnresolved("container", 7));
                    assertThat(clients.get("stock").stats().target())
                            .isEqualTo(UnixDomainSocketAddress.of("/run/stock"));
                });
    }

    // ---- customizers

    @Test
    void customizersAreAskedAfterThePropertiesAndBeforeThoseOfAllStreams() {
        List<String> asked = new ArrayList<>();
        runner.withPropertyValues("iostream.client.orders.low-water-mark=5B")
                .withBean(TCPClientCustomizer.class, () -> (name, client) -> {
                    asked.add(name + " " + client.stream().lowWaterMark());
                    client.name("another").stream(
                            client.stream().toBuilder().waterMarks(6, 60).build());
                })
                .withBean(StreamOptionsCustomizer.class, () -> (role, endpoint, options) -> {
                    if (role == EndpointRole.CLIENT) {
                        asked.add(role + " " + endpoint + " " + options.lowWaterMark());
                    }
                    return options;
                })
                .run(context -> {
                    assertThat(asked).containsExactly("orders 5", "client orders 6");
                    assertThat(context.getBean(TCPClient.class).name()).isEqualTo("orders");
                });
    }

    // ---- who uses the connection

    @Test
    void aHandlerIsBoundByItsAnnotationAndMakesTheClientEager() {
        runner.withUserConfiguration(OrdersHandler.class).run(context -> {
            ClientBinding orders =
                    context.getBean(IOStreamClients.class).iterator().next();
            assertThat(orders.eager()).isTrue();
            assertThat(orders.connection()).isSameAs(context.getBean(SupervisedConnection.class));
        });
    }

    @Test
    void aClientWithAHandlerNeedNotBeEager() {
        runner.withPropertyValues("iostream.client.orders.eager=false")
                .withUserConfiguration(OrdersHandler.class)
                .run(context -> assertThat(context.getBean(IOStreamClients.class)
                                .iterator()
                                .next()
                                .eager())
                        .isFalse());
    }

    @Test
    void aHandlerForAnUnknownClientFailsTheStart() {
        plain.withPropertyValues("iostream.client.stock.targets=a:1")
                .withUserConfiguration(OrdersHandler.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .satisfies(failure -> Analyses.assertThat(failure)
                                .describes("Handler bean 'signOn' is bound to client 'orders', which is not configured."
                                        + " Configured are: 'stock'.")
                                .advises("Set 'iostream.client.orders.host', or correct the name in"
                                        + " @IOStreamClient(\"orders\").")));
    }

    @Test
    void aHandlerBehindAScopedProxyIsOneHandler() {
        runner.withUserConfiguration(ScopedOrdersHandler.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void twoHandlersForOneClientFailTheStart() {
        runner.withUserConfiguration(OrdersHandler.class, SecondHandler.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .satisfies(failure -> Analyses.assertThat(failure)
                                .describes("Client 'orders' has more than one handler: 'signOn', 'second'.")
                                .advises("Leave @IOStreamClient(\"orders\") on one of them.")));
    }

    @Configuration(proxyBeanMethods = false)
    static class Injected {
        private final TCPClient orders;
        private final TCPClient stock;
        private final SupervisedConnection connection;

        Injected(
                @IOStreamClient("orders") TCPClient orders,
                @IOStreamClient("stock") TCPClient stock,
                @IOStreamClient("stock") SupervisedConnection connection) {
            this.orders = orders;
            this.stock = stock;
            this.connection = connection;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnClient {
        @Bean
        ClientBinding mine(IOLoopGroup group) {
            return new ClientBinding(
                    TCPClient.builder(group).name("mine").target("localhost", 1).build());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OrdersHandler {
        @Bean
        @IOStreamClient("orders")
        ConnectionHandler signOn(IOStreamClients clients) {
            return stream -> stream.write("hello " + clients.names());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ScopedOrdersHandler {
        @Bean
        @Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.INTERFACES)
        @IOStreamClient("orders")
        ConnectionHandler scoped() {
            return stream -> {};
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SecondHandler {
        @Bean
        @IOStreamClient("orders")
        ConnectionHandler second() {
            return stream -> {};
        }
    }
}
