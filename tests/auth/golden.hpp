#pragma once

// Made by make_golden.mjs. Keys of these tests only; they guard nothing.
// The tokens say {"sub":"alice","exp":2000000000,"iat":1700000000}.

#include <string_view>

namespace golden {

inline constexpr std::string_view secret = "a-secret-of-the-tests";

inline constexpr std::string_view rsa_public_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAxDnWs+FXDbRpqVVVUolZ\n"
    "4v57EHYUHS6irraOwvxMRkFfffy4OwthWHcfkXnvGmzzMuH6B05r4QloS3x+0TKr\n"
    "Suh2pDxpp7xVPpxC50iPcTu/ZhhfM/bF0BUYoGtpuuxWVP1oSa3DPYLcX7PkM/wV\n"
    "62BXWTltY9HoyYi75bMvgbeM4KcPvZVMf05y3hexgrL3zNzWx9wNiMITzF43h2Z4\n"
    "KznDvPxbmRl6vBslfdbrqlWsqWhF8ikF2IUWHwTAziBynm9VIi17uwXs9q69ba8j\n"
    "Em1T2FtiJQQ1c0Fyday3h2QR+yQGoBuGQltOhZkWMIAf0IK7WqMiFBgR/kPvs0Cl\n"
    "fwIDAQAB\n"
    "-----END PUBLIC KEY-----\n";

inline constexpr std::string_view rsa_private_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQDEOdaz4VcNtGmp\n"
    "VVVSiVni/nsQdhQdLqKuto7C/ExGQV99/Lg7C2FYdx+Ree8abPMy4foHTmvhCWhL\n"
    "fH7RMqtK6HakPGmnvFU+nELnSI9xO79mGF8z9sXQFRiga2m67FZU/WhJrcM9gtxf\n"
    "s+Qz/BXrYFdZOW1j0ejJiLvlsy+Bt4zgpw+9lUx/TnLeF7GCsvfM3NbH3A2IwhPM\n"
    "XjeHZngrOcO8/FuZGXq8GyV91uuqVaypaEXyKQXYhRYfBMDOIHKeb1UiLXu7Bez2\n"
    "rr1tryMSbVPYW2IlBDVzQXJ1rLeHZBH7JAagG4ZCW06FmRYwgB/QgrtaoyIUGBH+\n"
    "Q++zQKV/AgMBAAECggEAEDJb+/4KIvn0zMLb55OpxThPLSUp9NywFe7AquyLWTM1\n"
    "MB+Hj2wZjWVLyETBzTMYAeewLSE2e1087BorF5ZwmB7HCDhqWiuL976LMS8GlAij\n"
    "/Efft9jTLCFJppgnIoQ2fg5qqMY8etvN1+Jv4DCbGJIbs6QvWNFvPw9XvxaCwdih\n"
    "KkErNTe4ThvqecoAOraN9Pdb88LgwMQfoueS/x3W9uSVR9cXdC8Uq7TOYeCss55+\n"
    "abk0RMyXa7F7mCLDu2TXpJ3jczYuF/JIPU/qzQy7rNnfkVz5G0BedC2Lk/StixiS\n"
    "5D1Lb/mHtREfR72FQrISKnEtofKEHKB8H/bVzwFMRQKBgQDttjrz7l9M6FBAilDl\n"
    "+KvARAzgakNankybeiB4y3QQ0tgbyyeaM1agnX6apZDmXWHe2HQNolEmNijE/am9\n"
    "FIzHjLWpnbay0GSk0Hwo9aCmjrVVo/+uRqQcCFcjQ0RyXKDBKmK2Ip8U+3919RLZ\n"
    "hVdAO2axCB4X1CE1fpSa8lxcPQKBgQDTUomR11qmXkO2NcAfGn7SGBhNGuawPDeZ\n"
    "KbK2HLV4UtegfqZvUwr1Dp31OIc0uqoGK0Q+16uRWLqSsTpFwh2FkRjDxC4IfZPP\n"
    "Lyh4jJ4IlwxgM59sxvN7C46hYBAhBae//RzayEKCVSKUQjZakTXYxGTMNBVODwC9\n"
    "eu5CYCf4awKBgDko+64SYMouhrWuTNuv2yTleC8yfjW5IPS1/j7ttWAiQyMTy9cR\n"
    "h0Ah/wKS03ABfnpGlEl/AYJtvYn48SrtWRjW5gv+R6Nh5wGWvHRg9Bt473PDdsTi\n"
    "aa3v93wcPcY+Lc2lMo1Xb+dsvm6P2tOBc8SXRA9Hw2y5bq7dXECSDNGFAoGASV6k\n"
    "yO/+VzjvRXoQBDyMv6EB/vNSGOovW4wwsi3xi58nol+WpZwtd7vld9hyiQouMgof\n"
    "nbn/pW0rCfdihgnJejBQatfYK7Z99TcoVAJudAkNkPEbbwb8TkJK+RiDQRPXlD7r\n"
    "H8Lb5KhuYw9CE9vK2EIHxSZoJzvqQ99EjeMYvZUCgYAseitruQR1uRLyLAKcFqoE\n"
    "5bgl1yG66TxgpPYWXFbZ+vDk8yXb/6ciTJB9oZCs6rxnNNA9YSJQSRAk69wtBvC2\n"
    "V/BUFHV0o59ytXTJ/1Q/d8OUor4q1W8LS0S+l6kx65x9IUVkRkluf8qkiu474hQU\n"
    "Gj16UPbDjonCqcEzbopMaQ==\n"
    "-----END PRIVATE KEY-----\n";

inline constexpr std::string_view p256_public_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEP/Yxha67nQx0aQFl63rpQccbQdtp\n"
    "ML2hEmhqNcdngXiX4haGdyZNG5m3lgnq49AeQ0zBV5MBHOZpY0BEZ2d/YA==\n"
    "-----END PUBLIC KEY-----\n";

inline constexpr std::string_view p256_private_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgRgd9ji4fkM73SV2J\n"
    "xQViREnxw7QL0e++/vdcP5hWyu+hRANCAAQ/9jGFrrudDHRpAWXreulBxxtB22kw\n"
    "vaESaGo1x2eBeJfiFoZ3Jk0bmbeWCerj0B5DTMFXkwEc5mljQERnZ39g\n"
    "-----END PRIVATE KEY-----\n";

inline constexpr std::string_view p384_public_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEwp6IJLjU5rA4FSrgUNA5vmJvCUtPG2fA\n"
    "OLrra58Lx9ZLbdjUv330MyyvIv1GQYi/4APQJjWiYQo3IBueEWl75U4GHBz3T84z\n"
    "bT0XKmjfWV6uxCIQdmw7Hg/7wMoArfL/\n"
    "-----END PUBLIC KEY-----\n";

inline constexpr std::string_view p384_private_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDBzl5+AFQmUHpU2ihCL\n"
    "Uv7rHhQUVoYMdPSwiazrPMIF4XePTDB42A5unzivE8b2djChZANiAATCnogkuNTm\n"
    "sDgVKuBQ0Dm+Ym8JS08bZ8A4uutrnwvH1ktt2NS/ffQzLK8i/UZBiL/gA9AmNaJh\n"
    "CjcgG54RaXvlTgYcHPdPzjNtPRcqaN9ZXq7EIhB2bDseD/vAygCt8v8=\n"
    "-----END PRIVATE KEY-----\n";

inline constexpr std::string_view p521_public_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQBFYc/zgVLV8+CMNyjXjJvWj3BCeVW\n"
    "Z5OLlOy30ze1XMo5dcoVJFQgG+ornC4FRdY6bQD5hNmVC6Awb7m4VKuGRsEAkm9a\n"
    "r8NhgC0Bpm3vzdBgJkxcSQ/XSYxXyKZ+4xi5WErl6nW4we9mRTcmtDY8vmpE/WqF\n"
    "ZNgqzk9iEUCgxdL3iGQ=\n"
    "-----END PUBLIC KEY-----\n";

inline constexpr std::string_view p521_private_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIACSALPi3SjrKpMlPt\n"
    "YPu4b1TyBImvvPYneOvrcGMomkAXFagI3ZUUXifAmN8UbwKasuN38wxo2m4Z6gVn\n"
    "tARFFyWhgYkDgYYABAEVhz/OBUtXz4Iw3KNeMm9aPcEJ5VZnk4uU7LfTN7Vcyjl1\n"
    "yhUkVCAb6iucLgVF1jptAPmE2ZULoDBvubhUq4ZGwQCSb1qvw2GALQGmbe/N0GAm\n"
    "TFxJD9dJjFfIpn7jGLlYSuXqdbjB72ZFNya0Njy+akT9aoVk2CrOT2IRQKDF0veI\n"
    "ZA==\n"
    "-----END PRIVATE KEY-----\n";

inline constexpr std::string_view rsa_pkcs1_public_key =
    "-----BEGIN RSA PUBLIC KEY-----\n"
    "MIIBCgKCAQEArQyOnFZiN4CppA8Ur3Akc0J+Q+V7gyjeKVI+ebgY4aH+A9CZKb48\n"
    "1FrH4/mBRcioSOkhLt0D3Kwr6BaxbF1SVtMyDeP/iwguRMjQ1mFF6uwX4viYFgTy\n"
    "XLA2xvO64QAi3vv80lyAgV+IPJia7LHPln9iT26bGooQ5wwVcrmBU2WxboiOuaLv\n"
    "MlwUY7vcyoMOwUhNoBj+Qi6B7zkGsJm2Zoy/o/pCrdKypJDKmpVzWxIzMDwb9Elh\n"
    "Jm7DgoqpVc1SbUR/Vd5zTIN/T0i9mZ6wA3UqR1EZUX+V/6gdgtylkezthQHuMJFH\n"
    "EBFn2Zxm2EEboVBXT9xnAfrZdDCWGZmY0QIDAQAB\n"
    "-----END RSA PUBLIC KEY-----\n";

inline constexpr std::string_view rsa_1024_public_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCuMstmmw1ZAWF+odofNdLmHt/f\n"
    "36DGJWsVOAMLyzZH9hHiHxzJYkEAgTYPmOCfEug787Swj3hYztipY1Zc9cpVXhy0\n"
    "GCREPH2Pxxv1jW0kqMC+cZWouWxDO1R5Qpygylww3Njde89Bu9MiQ68rlK152flQ\n"
    "bOBGSOvdSZyyaWDsoQIDAQAB\n"
    "-----END PUBLIC KEY-----\n";

inline constexpr std::string_view secp256k1_public_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEUIDzqs98+gmGpWR2YjBtcc4TVkpAxtdk\n"
    "1XiLdMyI+TyCx5lQWLw28pjsEDjFrulARGki5CEoZduKOlMPDMPtCQ==\n"
    "-----END PUBLIC KEY-----\n";

inline constexpr std::string_view ed25519_public_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEATDYoYx/MtXh2fflr4XDvxhd2LCAkMj5QuIviBlCQ91s=\n"
    "-----END PUBLIC KEY-----\n";

inline constexpr std::string_view hs256_token =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsImV4cCI"
    "6MjAwMDAwMDAwMCwiaWF0IjoxNzAwMDAwMDAwfQ.ASEsrvew5hSdKMeuVezzZHp9"
    "5YgwHRPav9sZXDjxwo0";

inline constexpr std::string_view hs384_token =
    "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsImV4cCI"
    "6MjAwMDAwMDAwMCwiaWF0IjoxNzAwMDAwMDAwfQ.NA3bkAn3TODLH2VdIELeKlvJ"
    "JNEdhiumKj0nLbLGknUkJgYNlwL6O5ypc8YN46Ex";

inline constexpr std::string_view hs512_token =
    "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsImV4cCI"
    "6MjAwMDAwMDAwMCwiaWF0IjoxNzAwMDAwMDAwfQ.V6k5Z6ZAW5HiBIUeWzikOUC8"
    "awDEkG6kAIDqUAQ8CtDem1B69_GjsHtxSEHEVM-3oEzFRTJ_FXaHAVBdAb2y1w";

inline constexpr std::string_view rs256_token =
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsImV4cCI"
    "6MjAwMDAwMDAwMCwiaWF0IjoxNzAwMDAwMDAwfQ.oQK2mkmAx4Q-rMUc8wDRzW12"
    "8yBJLZy95PrUPuwA-2aiTCYRdD7LhP7TaW199kHPL1T9c4ZgR0O-m3cNxgTsLWqe"
    "KmCJomA3uLrOg52CRRbi6orNqFShWgBfJeKPTTu8XHQ9d3NgTz6tcZDoR1qc067t"
    "t7ayKY5M3I3Sfs5Un5rjIDE1iEZsp64iTNVhwg21mGubMwZCXnqEBW0yL2O0pi5E"
    "Se8FDcmy3hjNXAIbinoJQaeJahPsKJqo2YrRNzzo-z2LA49B_pKTJn0chzp--D7X"
    "ej7xqOkAOD_MwkVmZ1VRZaB0dHfqHd3kywe0uN6w99vhl7fW9-z_Ok5hRxf3Ag";

inline constexpr std::string_view rs384_token =
    "eyJhbGciOiJSUzM4NCIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsImV4cCI"
    "6MjAwMDAwMDAwMCwiaWF0IjoxNzAwMDAwMDAwfQ.kCmXMH8sjUFqnkXMlU29oOrB"
    "kiN7zzcZBn7iNsWbWlpSyPmmJG_Nr11PiYIrNJOcJZEYCFK1DFORqWVkzGkQXiXc"
    "7fe1Ayx_I1kNG-tzGf1Z74yaSudCQcR3luAgGyXPoIbXawzcSl0SmeIHXKN0vGEG"
    "4ltYzWCmXAabYObTmBm6EOV40OmmdSRTVdaMkRtSFvgf_gQM5zVO74_LWAcQVW0n"
    "sOIHeL4_qT6Lqmhh2YGqnRbh1ssQjzJlRnYDFZqv1Mh2bOa5JgzwjiWeouhXDt_a"
    "d4W74TbmJbZp13V-I7xoeylY9-CX5lE5FfMvm_92Axrku7P7R9_PJCQpVGOOMQ";

inline constexpr std::string_view rs512_token =
    "eyJhbGciOiJSUzUxMiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsImV4cCI"
    "6MjAwMDAwMDAwMCwiaWF0IjoxNzAwMDAwMDAwfQ.pZbxczr15Zk-WkBN_oBPD2Fb"
    "ZUWvd-xZ-azBqDA6YzGahcnEmT6WIwGVA90hR0kvjW6s9YNrwZbZZ53vT5fPamcQ"
    "HmLQbt87pv9vMSYutnzjw5f7cGpu9dBs8ZdJ4Hf2YEHjG3OE3kpd_VEWIyAWjB34"
    "yTSxA6L4-GK4NhwAU0e0VE28K7UdrEue_uUDQj1w8MtczvdfZ3MX4eQsJ_V4P2iE"
    "ov7DdcW1HfMM1I54FqSVFS2ZAAU_3Wdv8Ww3cTU6PYysf-nK3vl_I7vBLfXOj7Bq"
    "pbzFSO3Iyjm3hfR7JzrebpH0poweKgVQgzsQ410h9roPUMHDNpSOLt-mQ7oREw";

inline constexpr std::string_view es256_token =
    "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsImV4cCI"
    "6MjAwMDAwMDAwMCwiaWF0IjoxNzAwMDAwMDAwfQ.peWDCj76FSewGKyWYJxlaBrG"
    "ZfF-uEL0ynjwoVuAwdGO5qdqnifeGzP0YqjIwHBmAxp3E1i-LU8uXxVga2fLtg";

inline constexpr std::string_view es384_token =
    "eyJhbGciOiJFUzM4NCIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsImV4cCI"
    "6MjAwMDAwMDAwMCwiaWF0IjoxNzAwMDAwMDAwfQ.Yb1BXhWsyN59AiPcl9CpmG0B"
    "J-1kJSptmGUqTAUAB9w05WBONu_XK2h_33_NfUenWQg9Z1zhSkHlWNSZRepkSl9_"
    "jTuZgChJc94YLHDnYaTYYvVteF2rXtmbgs3JtMrm";

inline constexpr std::string_view es512_token =
    "eyJhbGciOiJFUzUxMiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsImV4cCI"
    "6MjAwMDAwMDAwMCwiaWF0IjoxNzAwMDAwMDAwfQ.AVCO1dV4E4OWd94OXVa_Fm-1"
    "iELUJtVG9ekko0pAI3LZ4lVWYqkjjUv4dsXKJKuSZ4icdb3MnISRoQqUAgQaOc1B"
    "Aff6XRpZqEtpCcJiwqe31DlM1nK9TG_N9DgIy0oSVNh3RY-yH4jrPybKoBHWBc9d"
    "3z_fLv6boljfjw68DN8Vfuo-";

inline constexpr std::string_view hs256_by_rsa_public_key_token =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsImV4cCI"
    "6MjAwMDAwMDAwMCwiaWF0IjoxNzAwMDAwMDAwfQ.xVnUQ0yM4aDWcA5fJYemfllL"
    "c8cVU0MkRCcMFyxysvg";

inline constexpr std::string_view es256_der_token =
    "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsImV4cCI"
    "6MjAwMDAwMDAwMCwiaWF0IjoxNzAwMDAwMDAwfQ.MEYCIQDwDgldZ2RzBzJRr-yf"
    "nnh7AR_dHrQMl8q9sExXhFZqrgIhAJ7pRkp5kHsVEWT6J9bx_iFBTDDvvDhy1yzE"
    "3TPfmJcs";

} // namespace golden
