package dev.forgetmenot.plugin.erasers;

import dev.forgetmenot.kit.solve.ReceEditor;
import org.pf4j.Extension;

/** {@link ReceEditor} as a method that users name. */
@Extension(ordinal = 11)
public final class ReceEraser extends ReceEditor {}
