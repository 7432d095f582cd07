package io.github.rmap4j.tck.broken;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.LayoutChange;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A call that a broken strategy gets.
 *
 * @param method name of the method of RmapStrategy
 * @param arguments what it is given
 * @param right the same method of the strategy that is right
 */
record Call(String method, @Nullable Object[] arguments, Right right) {
    /** A method of the strategy that is right. */
    interface Right {
        @Nullable
        Object call(@Nullable Object[] arguments) throws Throwable;
    }

    /** What happens instead of a call. */
    interface Slip {
        @Nullable
        Object call(Call call) throws Throwable;
    }

    /** Does what is right. */
    @Nullable
    Object go() throws Throwable {
        return right.call(arguments);
    }

    /** Does what is right, with another first argument. */
    @Nullable
    Object goWith(Object first) throws Throwable {
        @Nullable Object[] others = arguments.clone();
        others[0] = first;
        return right.call(others);
    }

    FolioWalk walk() {
        return (FolioWalk) argument(0);
    }

    Vma vma(int n) {
        return (Vma) argument(n);
    }

    Folio folio(int n) {
        return (Folio) argument(n);
    }

    AddressSpace space(int n) {
        return (AddressSpace) argument(n);
    }

    LayoutChange change() {
        return (LayoutChange) argument(0);
    }

    Object argument(int n) {
        return Objects.requireNonNull(arguments[n]);
    }
}
