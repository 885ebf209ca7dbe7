module kubewright.lab/fetch

go 1.19
