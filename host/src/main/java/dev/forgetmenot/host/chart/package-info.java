/** Images as files and sheets: PNG with a text about how it was made, grids, comparisons. */
package dev.forgetmenot.host.chart;
