package io.github.rmap4j.tck.broken;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** VMAs, folios and address spaces to which something has happened. */
final class Marks {
    private final Set<Object> marked = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

    void add(@Nullable Object object) {
        if (object != null) {
            marked.add(object);
        }
    }

    void remove(Object object) {
        marked.remove(object);
    }

    boolean has(@Nullable Object object) {
        return object != null && marked.contains(object);
    }

    boolean isEmpty() {
        return marked.isEmpty();
    }
}
