/**
 * Named weights of a model component: cells that layers hold and that patches, training and
 * adapters refill.
 */
package dev.forgetmenot.diffusion.weights;
