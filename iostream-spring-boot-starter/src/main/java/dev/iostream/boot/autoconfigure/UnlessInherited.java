package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.IOStreamClients;
import dev.iostream.boot.IOStreamServers;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches unless an ancestor of the context has servers and clients, which are the child's, too: it must not start them a
 * second time, nor close them at its end. Boot's conditions search ancestors only where there are some.
 */
final class UnlessInherited extends SpringBootCondition {
    UnlessInherited() {}

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        var message = ConditionMessage.forCondition("Servers and clients of an ancestor");
        ConfigurableListableBeanFactory beans = context.getBeanFactory();
        BeanFactory parent = beans == null ? null : beans.getParentBeanFactory();
        return has(parent, IOStreamServers.class) || has(parent, IOStreamClients.class)
                ? ConditionOutcome.noMatch(message.because("they are this context's, too"))
                : ConditionOutcome.match(message.because("there are none"));
    }

    private static boolean has(@Nullable BeanFactory parent, Class<?> type) {
        return parent instanceof ListableBeanFactory ancestors
                && BeanFactoryUtils.beanNamesForTypeIncludingAncestors(ancestors, type, true, false).length > 0;
    }
}
