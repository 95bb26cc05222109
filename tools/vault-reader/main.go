// Command vault-reader reads one secret as an application in Go does: with Azure's libraries and the token of its
// pod. It prints the version of the secret, and no value.
//
//	vault-reader https://NAME.vault.azure.net/ SECRET [VERSION]
//
// https://pkg.go.dev/github.com/Azure/azure-sdk-for-go/sdk/azidentity#WorkloadIdentityCredential
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
	version := ""
	if len(os.Args) > 3 {
		version = os.Args[3]
	}
	read, err := readVersion(os.Args[1], os.Args[2], version)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(read)
}

func readVersion(vault, name, version string) (string, error) {
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
