package dev.forgetmenot.host.job;

import dev.forgetmenot.api.model.Picture;
import java.util.List;

/**
 * The pictures of one row of the demo, and what they are recognised as.
 *
 * @param pictures one a seed
 * @param answers the nearest phrase of each
 */
record DemoRow(List<Picture> pictures, List<String> answers) {
  /** How many pictures are recognised as a phrase. */
  long recognised(String phrase) {
    return answers.stream().filter(phrase::equals).count();
  }

  /** Mean difference of the pixels to the same pictures of another model, of 255. */
  double drift(DemoRow other) {
    double sum = 0;
    long values = 0;
    for (int i = 0; i < pictures.size(); i++) {
      byte[] a = pictures.get(i).rgb();
      byte[] b = other.pictures.get(i).rgb();
      for (int k = 0; k < a.length; k++) {
        sum += Math.abs((a[k] & 0xff) - (b[k] & 0xff));
      }
      values += a.length;
    }
    return sum / values;
  }
}
