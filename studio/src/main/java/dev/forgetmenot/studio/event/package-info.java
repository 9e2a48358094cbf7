/**
 * What the server tells of itself: its state, made once a change, and events for who listens. The
 * events are those of {@code text/event-stream} of the HTML standard.
 */
package dev.forgetmenot.studio.event;
