/** What makes patches; plugins that bring editors compile against this module and host-api. */
package dev.forgetmenot.kit;
