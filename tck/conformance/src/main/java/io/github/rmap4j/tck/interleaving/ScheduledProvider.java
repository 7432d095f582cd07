package io.github.rmap4j.tck.interleaving;

import io.github.rmap4j.spi.Capability;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.Mutex;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.RwLock;
import io.github.rmap4j.spi.Slab;
import io.github.rmap4j.spi.StrategyContext;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A strategy with points where another thread may go on: before and after each call that it gets, before each place that a walk
 * offers, before each lock that it takes and after each that it releases, and before each object that it allocates or frees.
 *
 * @param provider creates the strategy
 */
record ScheduledProvider(RmapStrategyProvider provider) implements RmapStrategyProvider {
    @Override
    public String name() {
        return provider.name();
    }

    @Override
    public String description() {
        return provider.description();
    }

    @Override
    public Map<String, String> options() {
        return provider.options();
    }

    @Override
    public Set<Capability> capabilities() {
        return provider.capabilities();
    }

    @Override
    public RmapStrategy create(StrategyContext context) {
        RmapStrategy strategy = provider.create(proxy(StrategyContext.class, (method, arguments) -> {
            Object result = invoke(method, context, arguments);
            if (result instanceof StrategyContext.LockClass lockClass) {
                return locks(lockClass, String.valueOf(arguments[0]));
            } else if (result instanceof Slab<?> slab) {
                return proxy(Slab.class, (call, given) -> {
                    Baton.point("before " + call.getName() + " in slab " + arguments[0]);
                    return invoke(call, slab, given);
                });
            } else if (result instanceof Mutex mutex) {
                return lock(Mutex.class, mutex, method.getName());
            }
            return result;
        }));
        return proxy(RmapStrategy.class, (method, arguments) -> {
            if (method.getName().equals("index")) {
                return invoke(method, strategy, arguments);
            }
            if (method.getName().startsWith("walk")) {
                arguments[0] = walk((FolioWalk) arguments[0]);
            }
            Baton.point("before " + method.getName());
            Object result = invoke(method, strategy, arguments);
            Baton.point("after " + method.getName());
            return result;
        });
    }

    private static FolioWalk walk(FolioWalk walk) {
        return proxy(FolioWalk.class, (method, arguments) -> {
            if (method.getName().equals("candidate") || method.getName().equals("scan")) {
                Baton.point("before " + method.getName());
            }
            return invoke(method, walk, arguments);
        });
    }

    private static StrategyContext.LockClass locks(StrategyContext.LockClass lockClass, String name) {
        return proxy(StrategyContext.LockClass.class, (method, arguments) -> {
            Object lock = invoke(method, lockClass, arguments);
            return lock instanceof Mutex ? lock(Mutex.class, lock, name) : lock(RwLock.class, lock, name);
        });
    }

    private static <T> T lock(Class<T> type, @Nullable Object lock, String name) {
        return proxy(type, (method, arguments) -> {
            boolean releases = method.getName().startsWith("unlock");
            if (!releases) {
                Baton.point("before " + method.getName() + " of " + name);
            }
            Object result = invoke(method, lock, arguments);
            if (releases) {
                Baton.point("after " + method.getName() + " of " + name);
            }
            return result;
        });
    }

    /** A call. */
    private interface Handler {
        @Nullable
        Object call(Method method, @Nullable Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Handler handler) {
        return type.cast(Proxy.newProxyInstance(
                ScheduledProvider.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (method.getDeclaringClass() == Object.class) {
                        return switch (method.getName()) {
                            case "equals" -> self == arguments[0];
                            case "hashCode" -> System.identityHashCode(self);
                            default -> type.getSimpleName();
                        };
                    }
                    return handler.call(method, arguments == null ? new Object[0] : arguments);
                }));
    }

    private static @Nullable Object invoke(Method method, @Nullable Object target, @Nullable Object[] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
