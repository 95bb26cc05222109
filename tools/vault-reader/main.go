// Command vault-reader reads one secret with Azure's Go libraries and the token of a pod, and prints its version.
//
//	vault-reader https://NAME.vault.azure.net/ SECRET [VERSION]
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: vault-reader VAULT SECRET [VERSION]")
		os.Exit(2)
	}
	version, err := read(os.Args[1], os.Args[2], append(os.Args, "")[3])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(version)
}

func read(vault, name, version string) (string, error) {
	credential, err := azidentity.NewWorkloadIdentityCredential(nil)
	if err != nil {
		return "", err
	}
	client, err := azsecrets.NewClient(vault, credential, nil)
	if err != nil {
		return "", err
	}
	secret, err := client.GetSecret(context.Background(), name, version, nil)
	if err != nil {
		return "", err
	}
	return secret.ID.Version(), nil
}
