package io.github.rmap4j.cowctx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What is known of inherited pages")
class InheritanceTest {
    @Test
    @DisplayName("at first every page may be mapped")
    void unknown() {
        assertThat(Inheritance.UNKNOWN.mayHold(0, 0)).isTrue();
        assertThat(Inheritance.UNKNOWN.mayHold(1L << 40, (1L << 40) + 15)).isTrue();
    }

    @Test
    @DisplayName("a range leaves out what is beside it, but not what overlaps it")
    void range() {
        Inheritance range = Inheritance.within(10, 20);
        assertThat(range.mayHold(0, 9)).isFalse();
        assertThat(range.mayHold(0, 10)).isTrue();
        assertThat(range.mayHold(20, 25)).isTrue();
        assertThat(range.mayHold(21, 25)).isFalse();
    }

    @Test
    @DisplayName("nothing is left when the last is smaller than the first")
    void nothing() {
        assertThat(Inheritance.within(1, 0).mayHold(0, Long.MAX_VALUE - 1)).isFalse();
    }

    @Test
    @DisplayName("pages within a window are known one by one, pages beside it are not")
    void blocks() {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            BitSet held = new BitSet();
            int from = random.nextInt(500);
            int to = from + random.nextInt(500);
            for (int i = from; i <= to; i++) {
                held.set(i, random.nextInt(1 + round % 20) == 0);
            }
            Inheritance inheritance = of(held, from, to);
            for (int i = 0; i < 400; i++) {
                int first = random.nextInt(1000);
                int last = first + random.nextInt(1 + i % 80);
                boolean known = first >= from && last <= to;
                int next = held.nextSetBit(first);
                boolean expected = !known || (next >= 0 && next <= last);
                assertThat(inheritance.mayHold(first, last))
                        .as("round %d: %d to %d of %s in %d to %d", round, first, last, held, from, to)
                        .isEqualTo(expected);
            }
        }
    }

    private static Inheritance of(BitSet held, int from, int to) {
        long[] words = held.toLongArray();
        int n = 0;
        for (long word : words) {
            n += word == 0 ? 0 : 1;
        }
        long[] blocks = new long[n];
        long[] pages = new long[n];
        int at = 0;
        for (int i = 0; i < words.length; i++) {
            if (words[i] != 0) {
                blocks[at] = i;
                pages[at++] = words[i];
            }
        }
        return new Inheritance(0, Long.MAX_VALUE, from, to, blocks, pages);
    }
}
