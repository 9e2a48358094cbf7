/** The page that a browser shows: its files, and what browsers are told to allow it. */
package dev.forgetmenot.studio.page;
