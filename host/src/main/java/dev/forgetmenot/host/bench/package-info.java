/**
 * What {@code fmn bench} measures: how fast this machine does what users wait for, as a share of
 * what it can ({@code speed}), and whether a long-lived process stays as it is ({@code soak}).
 */
package dev.forgetmenot.host.bench;
