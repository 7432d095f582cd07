package io.github.rmap4j.tck.broken;

import io.github.rmap4j.spi.RwLock;
import io.github.rmap4j.spi.StrategyContext;
import io.github.rmap4j.spi.StrategyOption;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What broken strategies are given instead of their context. */
final class Contexts {
    private Contexts() {}

    /** What a context gives, changed. */
    private interface Change {
        @Nullable
        Object of(@Nullable Object result);
    }

    private static <T> T changed(Class<T> type, T right, Change change) {
        return type.cast(Proxy.newProxyInstance(
                Contexts.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> change.of(SlipProvider.invoke(method, right, arguments))));
    }

    /** A context whose settings tell when their value is not the first one. */
    static StrategyContext listening(StrategyContext context, Runnable changed) {
        return changed(
                StrategyContext.class,
                context,
                result -> result instanceof StrategyOption<?> option
                        ? listening(option, option.value(), changed)
                        : result);
    }

    private static <E extends Enum<E>> StrategyOption<E> listening(
            StrategyOption<E> option, Object initial, Runnable changed) {
        return () -> {
            E value = option.value();
            if (value != initial) {
                changed.run();
            }
            return value;
        };
    }

    /** A context whose locks do nothing when these methods of theirs are called. */
    static StrategyContext unlocked(StrategyContext context, Set<String> methods) {
        return changed(
                StrategyContext.class,
                context,
                result -> result instanceof StrategyContext.LockClass lockClass
                        ? changed(
                                StrategyContext.LockClass.class,
                                lockClass,
                                lock -> lock instanceof RwLock ? unlocked(RwLock.class, lock, methods) : lock)
                        : result);
    }

    private static <T> T unlocked(Class<T> type, @Nullable Object lock, Set<String> methods) {
        return type.cast(Proxy.newProxyInstance(
                Contexts.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (!methods.contains(method.getName())) {
                        return SlipProvider.invoke(method, lock, arguments);
                    }
                    return method.getReturnType() == boolean.class ? true : null;
                }));
    }
}
