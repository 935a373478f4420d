#include <chrono>
#include <iostream>

#include "server/auth_setup.hpp"
#include "server/commands.hpp"

namespace tutti::server {

int run_token(const Settings& settings, const TokenArguments& arguments) {
  if (!settings.authenticates()) {
    std::cerr << "tutti: token: a key is needed, give --auth-key or --auth-key-file\n";
    return 2;
  }
  const auto options = jwt_options(settings);
  if (!options) {
    std::cerr << "tutti: " << options.error().message << "\n";
    return 2;
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto token = auth::make_token(*options, {arguments.user, arguments.lifetime_s, arguments.documents},
                                      std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
  if (!token) {
    std::cerr << "tutti: token: " << auth::to_string(token.error()) << "\n";
    return 2;
  }
  std::cout << *token << "\n";
  return 0;
}

}  // namespace tutti::server
