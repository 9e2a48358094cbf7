package dev.forgetmenot.diffusion.engine;

/**
 * The numbers of one step of AdamW: p ← keep·p, m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← p −
 * size · m / (√v / correction + ε).
 *
 * @param keep 1 − learning rate · weight decay
 * @param beta1 decay of the first moment m
 * @param beta2 decay of the second moment v
 * @param correction √(1 − β₂ᵗ)
 * @param epsilon ε
 * @param size learning rate / (1 − β₁ᵗ)
 */
public record AdamWStep(
    double keep, double beta1, double beta2, double correction, double epsilon, double size) {}
