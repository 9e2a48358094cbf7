package dev.forgetmenot.studio;

import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.studio.http.AccessToken;
import dev.forgetmenot.studio.http.Api;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code fmn serve}: the API of A1111 and the program's own, on this machine. */
@Command(
    name = "serve",
    description =
        "Answer programs that draw through the API of A1111 (SillyTavern, Open WebUI, scripts).",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Example:",
      "  fmn serve --patch some.fmnpatch",
      "Then give the client the address http://127.0.0.1:7860 and, as its authentication, fmn:TOKEN",
      "with the token that is printed. Prompts may say <lora:NAME:0.8> for a patch in patches/."
    })
final class ServeCommand extends ServerCommand {
  ServeCommand(CommandContext context) {
    super(context);
  }

  @Override
  List<Api> more() {
    return List.of();
  }

  @Override
  void greet(String address, AccessToken token, StateFolder folder) {
    context.say(address + " answers; authentication fmn:" + token.text());
  }
}
