/** What an edit did to a model's images: what is still recognised, and how far the rest moved. */
package dev.forgetmenot.editing.measure;
