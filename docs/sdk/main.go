// Reads every secret of SECRET_NAMES from the vault at KEYVAULT_URL.
// go get github.com/Azure/azure-sdk-for-go/sdk/azidentity github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
)

// In a pod, name the one credential that is meant. The default chain tries others too: slower, and it may end at another identity.
func credential() (azcore.TokenCredential, error) {
	if _, inAPod := os.LookupEnv("KUBERNETES_SERVICE_HOST"); inAPod {
		return azidentity.NewWorkloadIdentityCredential(nil)
	}
	return azidentity.NewDefaultAzureCredential(nil)
}

func refused(err error) bool {
	var login *azidentity.AuthenticationFailedError
	var answer *azcore.ResponseError
	return errors.As(err, &login) || errors.As(err, &answer) && answer.StatusCode == 403
}

func duration(variable, otherwise string) time.Duration {
	return must(time.ParseDuration(cmp.Or(os.Getenv(variable), otherwise) + "s"))
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	// A new role assignment needs up to 10 minutes until it acts, a new federated credential a few: no library waits for that.
	deadline, pause := time.Now().Add(duration("READ_WAIT_SECONDS", "600")), duration("READ_PAUSE_SECONDS", "10")
	client := must(azsecrets.NewClient(os.Getenv("KEYVAULT_URL"), must(credential()), nil))
	for _, name := range strings.Split(os.Getenv("SECRET_NAMES"), ",") {
		secret, err := client.GetSecret(context.Background(), name, "", nil)
		for ; err != nil && refused(err) && time.Now().Before(deadline); secret, err = client.GetSecret(context.Background(), name, "", nil) {
			log.Printf("%s: asking again in %s: %v", name, pause, err)
			time.Sleep(pause)
		}
		must(secret, err)
		value := *secret.Value // the value: use it here, keep it in memory, never print it
		fmt.Printf("%s version %s: %d characters\n", name, secret.ID.Version(), utf8.RuneCountInString(value))
	}
}
