/**
 * Where the game's network is looked into: the nodes of models/quickdraw/model.json that end a stage, after its last sum and ReLU.
 * `picture` and `line` are the means of the last maps of its two branches. Another model may have other names.
 */
export const STAGES = ['layer0', 'layer2', 'layer4', 'layer7', 'picture', 'line'] as const;
