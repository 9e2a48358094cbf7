/**
 * HTTP: the one package that uses Jetty. Who may ask is decided here, in this order: the Host
 * header, the path and the method, the Origin, the token, the size; then an endpoint answers. On
 * Jetty's threads; nothing here waits for a job.
 */
package dev.forgetmenot.studio.http;
