/** What tests of several modules share: reference folders and checks. */
package dev.forgetmenot.testkit;
