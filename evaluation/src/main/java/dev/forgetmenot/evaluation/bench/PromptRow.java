package dev.forgetmenot.evaluation.bench;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A prompt of a table.
 *
 * @param id as the table says, or the number of the row from 0
 * @param prompt what is drawn
 * @param about the plain prompt that it was made from; empty if the table has none
 * @param seed empty if the table says none
 * @param guidance scale; empty if the table says none
 * @param place of the row in the file
 */
public record PromptRow(
    String id,
    String prompt,
    String about,
    OptionalLong seed,
    OptionalDouble guidance,
    Place place) {}
