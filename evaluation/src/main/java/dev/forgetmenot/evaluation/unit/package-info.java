/**
 * Work units and what keeps their results. A unit is one image and all that decides its pixels; its
 * key is a digest of that, so a unit can be made anywhere and any number of times. A {@link
 * dev.forgetmenot.evaluation.unit.Plan} is a file of units, an {@link
 * dev.forgetmenot.evaluation.unit.ImageStore} holds each image once. No model, any thread.
 */
package dev.forgetmenot.evaluation.unit;
