/**
 * What plugins compile against: the doors of the host. {@link dev.forgetmenot.api.model} is the
 * door of loading, {@link dev.forgetmenot.api.sampling} the door of sampling, {@link
 * dev.forgetmenot.api.edit} the jobs.
 */
package dev.forgetmenot.api;
