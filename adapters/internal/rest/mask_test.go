package rest_test

import (
	"strings"
	"testing"

	"understudy/adapters/internal/rest"
)

func TestMaskCode(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		"FAIL_BIZ_500", "FAIL_BIZ_SYSTEM_500", "isv.invalid-parameter:param0_name", "accesscontrol.limited-by-app-access-count", "3000001",
		"SystemErrorCode500X", "SERVICE_UNAVAILABLE_V2_503", "isp.remote-service-timeout-30000ms", "16000",
	} {
		if got := rest.MaskCode(code); got != code {
			t.Errorf("the code %q became %q", code, got)
		}
	}
	for _, secret := range []string{
		"08d1459e-028c-49d0-a53d-93595b7bc37b", "0123456789abcdef0123", "BAD_TOKEN_0123456789abcdef0123", "13800000000", "11010119900307123X",
		"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE2MTg0NTg3MDd9.c2lnbmF0dXJl1c2lnbmF0dXJl2", "A1b2C3d4E5f6G7h8J9k0", "E-9f8e7d6c5b4a3928",
	} {
		if got := rest.MaskCode(secret); !strings.Contains(got, "***") || len(got) > len("BAD_TOKEN_***") {
			t.Errorf("%q became %q", secret, got)
		}
	}
}

func TestTheLongerSecretIsMaskedFirst(t *testing.T) {
	t.Parallel()
	if got := rest.Mask("a message about 会议通知与名单 was refused", "会议", "会议通知与名单"); strings.Contains(got, "名单") {
		t.Error(got)
	}
}
