package dev.forgetmenot.studio.edit;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.host.chart.ImageGrid;
import dev.forgetmenot.host.edit.DrawnBeside;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.studio.job.RunningJob;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Shows images of the report of an edit while it goes on.
 *
 * @param running gets them as its preview
 */
record ShownImages(RunningJob running) implements DrawnBeside {
  private static final int MOST = 8;

  @Override
  public long pixels() {
    return 0;
  }

  @Override
  public void before() {}

  @Override
  public void judged(String when, EvaluationResult result) throws IOException {
    List<RgbImage> images = result.goals().get(0).general().images();
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(ImageGrid.of(images.subList(0, Math.min(MOST, images.size()))), "png", png);
    running.preview(png.toByteArray());
  }
}
