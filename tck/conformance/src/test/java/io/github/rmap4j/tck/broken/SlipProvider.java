package io.github.rmap4j.tck.broken;

import io.github.rmap4j.api.Strategies;
import io.github.rmap4j.spi.Capability;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Provides a strategy of which some methods are replaced. */
final class SlipProvider implements RmapStrategyProvider {
    private static final Set<String> METHODS = methods();

    private final RmapStrategyProvider right;
    private final Function<StrategyContext, Map<String, Call.Slip>> slips;
    private final UnaryOperator<StrategyContext> around;

    /**
     * A provider.
     *
     * @param base name of the strategy that is right
     * @param slips makes what replaces its methods, anew for each manager
     */
    SlipProvider(String base, Function<StrategyContext, Map<String, Call.Slip>> slips) {
        this(base, slips, UnaryOperator.identity());
    }

    /**
     * A provider that also changes what the strategy is given.
     *
     * @param base name of the strategy that is right
     * @param slips makes what replaces its methods, anew for each manager
     * @param around changes its context
     */
    SlipProvider(
            String base,
            Function<StrategyContext, Map<String, Call.Slip>> slips,
            UnaryOperator<StrategyContext> around) {
        right = Strategies.find(base);
        this.slips = slips;
        this.around = around;
    }

    private static Set<String> methods() {
        return Set.copyOf(Arrays.stream(RmapStrategy.class.getMethods())
                .map(Method::getName)
                .distinct()
                .toList());
    }

    @Override
    public String name() {
        return "broken";
    }

    @Override
    public String description() {
        return "Gets one thing wrong.";
    }

    @Override
    public Set<Capability> capabilities() {
        return right.capabilities();
    }

    @Override
    public RmapStrategy create(StrategyContext context) {
        Map<String, Call.Slip> replaced = slips.apply(context);
        for (String method : replaced.keySet()) {
            if (!METHODS.contains(method)) {
                throw new IllegalArgumentException("RmapStrategy has no method " + method);
            }
        }
        RmapStrategy strategy = right.create(around.apply(context));
        return (RmapStrategy) Proxy.newProxyInstance(
                RmapStrategy.class.getClassLoader(), new Class<?>[] {RmapStrategy.class}, (proxy, method, given) -> {
                    @Nullable Object[] arguments = given == null ? new Object[0] : given;
                    Call.Right same = actual -> invoke(method, strategy, actual);
                    Call.Slip slip = replaced.get(method.getName());
                    return slip == null ? same.call(arguments) : slip.call(new Call(method.getName(), arguments, same));
                });
    }

    static @Nullable Object invoke(Method method, Object target, @Nullable Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
