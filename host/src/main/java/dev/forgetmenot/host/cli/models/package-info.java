/** {@code fmn models}: which models are there, and what a model is. */
package dev.forgetmenot.host.cli.models;
