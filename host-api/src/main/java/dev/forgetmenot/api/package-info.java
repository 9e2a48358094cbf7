/**
 * What plugins compile against: the extension points of the host. {@link dev.forgetmenot.api.model}
 * is the extension point of loading, {@link dev.forgetmenot.api.sampling} the extension point of
 * sampling, {@link dev.forgetmenot.api.edit} the jobs.
 */
package dev.forgetmenot.api;
