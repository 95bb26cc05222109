// Command daprd is Dapr's own runtime, from its module, with one component: the secret store of Azure Key Vault.
//
// The release's main (cmd/daprd of the module) registers some 150 components with the same call. They take most of
// its build, and none of them reads a key vault.
package main

import (
	"github.com/dapr/components-contrib/secretstores/azure/keyvault"
	"github.com/dapr/dapr/cmd/daprd/app"
	"github.com/dapr/dapr/pkg/components/secretstores"
)

func main() {
	secretstores.DefaultRegistry.RegisterComponent(keyvault.NewAzureKeyvaultSecretStore, "azure.keyvault")
	app.Run()
}
