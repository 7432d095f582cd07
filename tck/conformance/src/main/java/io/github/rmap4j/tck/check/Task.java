package io.github.rmap4j.tck.check;

import java.util.List;
import java.util.concurrent.Callable;

/**
 * Something that is run once.
 *
 * @param replay the word that repeats it
 * @param rules ids of the rules that hold as far as it shows, if it does not fail
 * @param failures runs it and gives what it has found
 */
record Task(String replay, List<String> rules, Callable<List<Failure>> failures) {
    Task {
        rules = List.copyOf(rules);
    }
}
