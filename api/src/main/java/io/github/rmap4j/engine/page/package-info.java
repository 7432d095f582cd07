/** Page tables and what their entries hold. Knows nothing of VMAs. */
package io.github.rmap4j.engine.page;
