// server/auth_setup.hpp: how tokens are checked, from the settings and the key file.
#pragma once

#include "auth/jwt.hpp"
#include "base/result.hpp"
#include "server/configuration.hpp"

namespace tutti::server {

Result<auth::JwtOptions, ConfigurationError> jwt_options(const Settings& settings);

}  // namespace tutti::server
