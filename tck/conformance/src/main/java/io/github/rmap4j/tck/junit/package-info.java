/** The conformance kit as a JUnit Jupiter test. */
@NullMarked
package io.github.rmap4j.tck.junit;

import org.jspecify.annotations.NullMarked;
