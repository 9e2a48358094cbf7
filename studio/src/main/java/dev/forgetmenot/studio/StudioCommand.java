package dev.forgetmenot.studio;

import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.studio.http.AccessToken;
import dev.forgetmenot.studio.http.Api;
import dev.forgetmenot.studio.page.PageFiles;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fmn studio}: a page to draw on, with the APIs that {@code fmn serve} has. */
@Command(
    name = "studio",
    description = "Draw on a page of this machine, in a browser.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Example:",
      "  fmn studio --patch some.fmnpatch",
      "The address that is printed opens the page; who has it may draw. Programs draw as with",
      "fmn serve."
    })
final class StudioCommand extends ServerCommand {
  @Option(names = "--no-open", description = "Print the address and do not open a browser.")
  private boolean closed;

  StudioCommand(CommandContext context) {
    super(context);
  }

  @Override
  List<Api> more() throws IOException {
    return List.of(new PageFiles());
  }

  /** The token stands behind the {@code #}, which a browser sends to no server. */
  @Override
  void greet(String server, AccessToken token, StateFolder folder) {
    String address = server + "/#token=" + token.text();
    context.say(address);
    if (!closed) {
      try {
        Browser.open(address, folder.opening());
      } catch (IOException e) {
        context.say("no browser was opened (" + e.getMessage() + "); open the address yourself");
      }
    }
  }
}
