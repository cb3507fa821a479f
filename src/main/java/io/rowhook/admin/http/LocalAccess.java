package io.rowhook.admin.http;

import io.rowhook.admin.api.ApiException;
import io.rowhook.admin.api.Caller;
import io.rowhook.admin.api.EndpointFile;
import io.rowhook.admin.api.ProblemType;
import io.rowhook.admin.api.Right;
import io.rowhook.recipient.Secret;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * For the commands: whoever can read the {@link EndpointFile} beside the journal may do all. Wrong
 * tokens are not counted: this one cannot be guessed, and else any user of the machine could lock
 * the commands out.
 *
 * @param file what stands in it
 * @param elsewhere the token by which other instances are asked, which do not know this one's;
 *     empty: there is none
 */
public record LocalAccess(Supplier<EndpointFile> file, Supplier<Optional<Secret>> elsewhere)
    implements Access {

  @Override
  public void checkHost(Asked asked) throws ApiException {
    String authority = file.get().authority();
    if (!authority.equals(asked.host())) {
      throw new ApiException(ProblemType.WRONG_HOST, "this is not " + authority);
    }
  }

  @Override
  public Caller caller(Asked asked) throws ApiException {
    String token = Access.token(asked);
    if (token == null) {
      return new Caller("nobody", asked.address(), Right.anybody);
    }
    if (!Tokens.same(token, file.get().token())) {
      throw Access.unauthorized("the token is another's", true);
    }
    Caller caller = new Caller("local commands", asked.address(), Right.operate);
    return elsewhere.get().map(caller::with).orElse(caller);
  }
}
