package dev.forgetmenot.diffusion.sampler;

/**
 * A step from one σ to a smaller one, split into one down to {@code down} and noise of deviation
 * {@code up} (Song et al., arXiv 2011.13456, appendix F): down² + up² = to² and up² = to² (from² −
 * to²) / from², the variance of the posterior.
 */
record AncestralStep(double down, double up) {
  static AncestralStep of(double from, double to) {
    double up = Math.sqrt(to * to * (from * from - to * to) / (from * from));
    return new AncestralStep(Math.sqrt(to * to - up * up), up);
  }
}
