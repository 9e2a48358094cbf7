/** The server's own API under {@code /api/v1}: session, status, jobs and images. */
package dev.forgetmenot.studio.api;
