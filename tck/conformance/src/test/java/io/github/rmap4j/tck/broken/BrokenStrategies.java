package io.github.rmap4j.tck.broken;

import java.util.List;
import java.util.stream.Stream;

/** All broken strategies. */
final class BrokenStrategies {
    private BrokenStrategies() {}

    static List<BrokenStrategy> all() {
        return Stream.of(LostPlaces.all(), FalseAnswers.all(), WrongCalls.all(), LeakedObjects.all(), WrongOrders.all())
                .flatMap(List::stream)
                .toList();
    }
}
