/** Choosing a method for a concept by measuring candidates on the loaded model. */
package dev.forgetmenot.plugin.forget.choice;
