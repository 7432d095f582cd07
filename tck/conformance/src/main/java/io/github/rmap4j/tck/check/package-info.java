/** How the rules are checked. */
@NullMarked
package io.github.rmap4j.tck.check;

import org.jspecify.annotations.NullMarked;
