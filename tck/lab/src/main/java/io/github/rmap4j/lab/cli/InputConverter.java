package io.github.rmap4j.lab.cli;

import io.github.rmap4j.lab.input.Input;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Makes inputs of arguments. */
final class InputConverter implements ITypeConverter<Input> {
    @Override
    public Input convert(String value) {
        try {
            return Input.parse(value);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }
}
