// Key pairs made for these tests alone.
#pragma once

#include <string_view>

namespace tutti::auth {

inline constexpr std::string_view kRsaPrivateKey = R"(-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC2sBf1f+o7qUhj
es+N/rnWakPmmGPVP2eenpq4EQhZGB9Q9za5XNdYvAKuPfdxENxbvFXlkKUxEXQx
mP55jEqXeDrL8PLDh4KQjbufG4A2EUDsnq31usCkhCFA1mSd6Ksz4k5TGaLbCfFc
11z/1/yRbpWa4i/IEig4dwEHxRKYfuouyjQ56/YtmaNGMoXSDet+g/s+CwULKUT1
75s6VXN/lJuH/U4wkkraDik7+GJ+lxkIA3UEsMuhGwz+7j+iTfTb1eAYevrqpM64
z5p5747oetWNjQOmAd0zD7Ym+nLlonYx5dZJrEcLHR/5pVY7E4Fw78eWeuBAQNWV
M6pSIeS1AgMBAAECggEABJCK0LYE/r+gkOfBJt2d/BcEok7dc7cVWjfBSucWC8/X
/Hho1CHXOZ7c/EiNFbSjpOEkTkuabQrwGcsmVJgmRvmYkn7vOeZ5Yy4/aV7RCcjN
k/v1AcZMSPAKOqoAspddK7s0VMw3rvxlHPo+lx/o7iNStp9/LSMTATIsAuswJ0I9
ooq5niAvbklRqh3meR9FQ1qcssDlo89G5yn7mAA5dUFPcKHcRbqwsQu6oSTedRxg
44DH+YbtaTBux3V3X1x6oEeTCFdUJJIX0FTA5uTIraD+3hiVrWaSxOpQb8kfVMqf
BQpdUcULFrHfP86drof5kkQPMTOoa/ihk8fZxT6bgQKBgQD5BJAiyXgchABQJ/k0
BgakSThn48ypjp606NWEGtgpZqj09rN77hD5hnhYVL2fsLp9t3a4V3b1WXZlM/uw
aPQf4g2yrR5j69XcLbUxiRPzmKHK//1ST75wNWAjdtiuRtGTQfbYSDYrP2WzzhnF
5mBhcBOkvCPcNM9LXrzt6YO9dQKBgQC7z2rl7E0l9XYAHR6ScDievJ+ZFGy6RZop
vRNn33+QD5OaYd8jEkgIb+T5BfMkrG532E0Im5NFVpkDbCtp9wJxMWf7Z7WgKB9S
d6D6i3HpkldweDqab6D3WZkpdVcjc5i2lzsmUcLkQmGuWa9x0oaNoqWo3r2hiGz/
ooDPx4hiQQKBgACESehIkr88ZuPDsXiyKoFcxYkxp9MSQLIPaaIEjD5JwEAB4w12
yQI7jTRhuKMEMt7f6pcnV0/bB6veF7+d+CO4zF56jX2Xl7IFRkL8DdaLkophTZ1G
HRcOhUyNipWSAA1WLbT1MWeVkhh1bQhEGh8ZpHDLEyf51BRL9ghoW6WhAoGBAKI6
XppQ7asWRmF+xcO0kBP91taCIBEewjW/jx2wnx2vds5qMDa5OeOf0+ePTiGlmJ6J
BrGiwSmpze54519W8JMaHDm7sdWwEq5Hi5QgE7uwnzsVf3mbZy2CBZ0cMLL8zTMb
mwpUocZN2NajvbrSIUwC7JncHW2EzLJcimvwbUyBAoGAVg5B55hNPAIjCsX58F3w
spKFYbD90CD6TH79YYgHlUzKTbUlUMcIMKV9wAmwklejNqtFJPjnclgfW7MqoNvP
i/SpapGBoim49CEVeiWn47zFd8/lyU3Lxu/H9o/1S7PaZgF/8GRD2XYca+kmGcHn
8FpND48EwZWxKYvPIOkIAOg=
-----END PRIVATE KEY-----
)";
inline constexpr std::string_view kRsaPublicKey = R"(-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtrAX9X/qO6lIY3rPjf65
1mpD5phj1T9nnp6auBEIWRgfUPc2uVzXWLwCrj33cRDcW7xV5ZClMRF0MZj+eYxK
l3g6y/Dyw4eCkI27nxuANhFA7J6t9brApIQhQNZkneirM+JOUxmi2wnxXNdc/9f8
kW6VmuIvyBIoOHcBB8USmH7qLso0Oev2LZmjRjKF0g3rfoP7PgsFCylE9e+bOlVz
f5Sbh/1OMJJK2g4pO/hifpcZCAN1BLDLoRsM/u4/ok3029XgGHr66qTOuM+aee+O
6HrVjY0DpgHdMw+2Jvpy5aJ2MeXWSaxHCx0f+aVWOxOBcO/HlnrgQEDVlTOqUiHk
tQIDAQAB
-----END PUBLIC KEY-----
)";
inline constexpr std::string_view kEcPrivateKey = R"(-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIABy5O7bpeB3Bg0YcW4A1yr3U8AoEEPXm45Ajw2oz3MjoAoGCCqGSM49
AwEHoUQDQgAEc1x4BEMHuOb8kDZIaM3CNjUtuo+qySotiKt45zma8xpfoNqyT6VA
tmJCLhk3BfWqY0baGlXptJ0mlVKx5tOF/g==
-----END EC PRIVATE KEY-----
)";
inline constexpr std::string_view kEcPublicKey = R"(-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEc1x4BEMHuOb8kDZIaM3CNjUtuo+q
ySotiKt45zma8xpfoNqyT6VAtmJCLhk3BfWqY0baGlXptJ0mlVKx5tOF/g==
-----END PUBLIC KEY-----
)";

}  // namespace tutti::auth
